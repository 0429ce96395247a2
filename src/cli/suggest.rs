//! The nearest known word for a misspelled one, as the library has it.

pub use keysieve::suggest::nearest;
