"""Lines of text that look like programs, and tokens that no service issued. Knows nothing of files and histories."""

import string
import zlib

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ENDS = ["", "", "s", "er", "ing", "ed"]
# Words that a scanner has to look at and to let go.
_NEAR = [
    "password = getpass.getpass()",
    'token = os.environ["API_TOKEN"]',
    "def authenticate(self, user, password=None):",
    "api_key: ${API_KEY}",
    "# The secret is read from the keyring, never from a file.",
    'headers["Authorization"] = f"Bearer {token}"',
    "https://user:password@example.com/path",
    "key = cache.key(namespace, name)",
]


class Text:
    """A source of lines; the same for the same `random.Random`."""

    def __init__(self, random):
        self.random = random
        consonants, vowels = "bcdfglmnprstvz", "aeiou"
        part = lambda: random.choice(consonants) + random.choice(vowels)
        self.words = ["".join(part() for _ in range(random.randint(1, 4))) + random.choice(_ENDS) for _ in range(4000)]

    def word(self):
        """A made-up word."""
        return self.words[int(self.random.random() * 4000)]

    def line(self):
        """One line, with its line feed."""
        word, number = self.word, int(self.random.random() * 65536)
        shape = number % 12
        if number % 181 == 0:
            return f"    {_NEAR[number % len(_NEAR)]}\n".encode()
        if shape < 4:
            text = f"    {word()}_{word()} = self.{word()}.{word()}({word()}, {number})"
        elif shape < 6:
            text = f"    if {word()} is not None and len({word()}_{word()}) > {number % 100}:"
        elif shape == 6:
            text = f"        return {word()}({word()}, {word()}={word()}_{word()})"
        elif shape == 7:
            text = f"    # {word().capitalize()} {word()} {word()} the {word()} of {word()} and {word()}."
        elif shape == 8:
            text = ""
        elif shape == 9:
            text = f"def {word()}_{word()}(self, {word()}, {word()}=None):"
        elif shape == 10:
            text = f'    {word()}["{word()}-{word()}"] = "{word()} {word()}: %s" % ({word()},)'
        else:
            text = f"    {word()}.append(({word()}, 0x{number:04x}, {word()}_{word()}))"
        return f"{text}\n".encode()

    def lines(self, size):
        """Lines of about `size` bytes in all."""
        made, lines = 0, []
        while made < size:
            lines.append(self.line())
            made += len(lines[-1])
        return lines

    def token(self):
        """A token of the form that GitHub documents, with a valid checksum."""
        prefix = "gh" + self.random.choice("pous") + "_"
        body = "".join(self.random.choice(_ALPHABET) for _ in range(30))
        rest, checksum = zlib.crc32(body.encode()), ""
        while rest or len(checksum) < 6:
            rest, digit = divmod(rest, 62)
            checksum = _ALPHABET[digit] + checksum
        return prefix + body + checksum
