//! Text that looks like programs: functions, comments, literals; pretty and minified.

use std::fmt::Write as _;

use super::random::{BASE62, Random};
use super::words::{camel, credential_name, no_secret, sentence, snake, word};

/// Functions in the style of Go.
pub fn go(random: &mut Random, bytes: usize) -> String {
    let mut text = format!("// Package {} is part of a benchmark.\npackage {}\n\n", word(random), word(random));
    while text.len() < bytes {
        let (name, item, kind) = (camel(random), word(random), camel(random));
        let _ = writeln!(text, "// {name}: {}.\nfunc {name}({item} *{kind}, n int) ({kind}, error) {{", sentence(random));
        for _ in 0..2 + random.below(12) {
            let (left, right) = (camel(random), camel(random));
            let _ = match random.below(8) {
                0 => writeln!(text, "\tif {left} != nil && {item}.{right} > {} {{\n\t\treturn {item}, err\n\t}}", random.below(4096)),
                1 => writeln!(text, "\tfor {left} := range {item}.{right} {{\n\t\tn += {left}.{}(n)\n\t}}", camel(random)),
                2 => writeln!(text, "\t{left} := fmt.Sprintf(\"{}: %d of %s\", n, {item}.{right})", word(random)),
                3 => writeln!(text, "\t// {}", sentence(random)),
                4 => writeln!(text, "\t{item}.{left} = append({item}.{left}, {right}{{{}: 0x{:x}}})", camel(random), random.below(1 << 30)),
                _ => writeln!(text, "\t{left} := {item}.{right}({}, n)", camel(random)),
            };
        }
        text.push_str("\treturn *new(T), nil\n}\n\n");
    }
    text
}

/// Functions in the style of Python.
pub fn python(random: &mut Random, bytes: usize) -> String {
    let mut text = format!("\"\"\"{}.\"\"\"\nimport {}\n\n", sentence(random), word(random));
    while text.len() < bytes {
        let _ = writeln!(text, "def {}(self, {}, {}=None):\n    # {}", snake(random), snake(random), snake(random), sentence(random));
        for _ in 0..2 + random.below(10) {
            let (left, right) = (snake(random), snake(random));
            let _ = match random.below(7) {
                0 => writeln!(text, "    if {left} is not None and len({right}) > {}:\n        return {left}[{right}]", random.below(100)),
                1 => writeln!(text, "    for {left} in self.{right}.items():\n        yield {left}['{}']", word(random)),
                2 => writeln!(text, "    self.{left} = '{}-%s' % ({right},)", word(random)),
                3 if random.chance(10) => writeln!(text, "    {} = os.environ['{}']", credential_name(random), right.to_ascii_uppercase()),
                _ => writeln!(text, "    {left} = self.{right}({}, {})", word(random), random.below(1 << 16)),
            };
        }
        text.push('\n');
    }
    text
}

/// One long line of short names, as a bundler leaves it.
pub fn minified(random: &mut Random, bytes: usize) -> String {
    let mut text = String::from("!function(e,t){\"use strict\";");
    while text.len() < bytes {
        let (a, b) = (random.text(&BASE62[36..], 1), random.text(&BASE62[36..], 2));
        let _ = match random.below(8) {
            0 => write!(text, "var {a}={b}.{}({a},{});", camel(random), random.below(999)),
            1 => write!(text, "if(!{a}&&{b}.{}>{})return {a}?{b}:void 0;", camel(random), random.below(99)),
            2 => write!(text, "{a}.exports={{{}:{b},{}:\"{}\"}};", camel(random), camel(random), word(random)),
            3 => write!(text, "{b}=\"data:font/woff2;base64,{}\";", random.text(super::random::BASE64, 64)),
            4 if random.chance(20) => write!(text, "{a}={{{}:{}}};", credential_name(random), b),
            5 => write!(text, "{a}=/^[a-z0-9_-]{{{},}}$/i.test({b});", random.below(64)),
            _ => write!(text, "for(let {a} of {b}){a}.{}(function(e){{return e.{}}});", camel(random), camel(random)),
        };
    }
    text.push_str("}(this);\n");
    text
}

/// Settings and assignments in source form whose names say credential and whose values are none.
pub fn assignments(random: &mut Random, bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        let (name, value) = (credential_name(random), no_secret(random));
        let _ = match random.below(6) {
            0 => writeln!(text, "{name} = \"{value}\""),
            1 => writeln!(text, "  {name}: {value}"),
            2 => writeln!(text, "  \"{name}\": \"{value}\","),
            3 => writeln!(text, "export {}='{value}'", name.to_ascii_uppercase()),
            4 => writeln!(text, "<add key=\"{name}\" value=\"{value}\" />"),
            _ => writeln!(text, "{name} := {}({value})", word(random)),
        };
    }
    text
}
