//! Reads a text as if it were escaped: for JSON, URLs, HTML or source code, in any mixture and one within another. A
//! place of the text has several readings, and nothing decides which was meant.

/// How deep escapes are read within escapes.
const DEPTH: usize = 3;

/// One character of a text after unescaping, or one byte of it, and where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    bytes: [u8; 4],
    length: usize,
    pub(super) next: usize,
}

impl Unit {
    fn byte(byte: u8, next: usize) -> Self {
        Self { bytes: [byte, 0, 0, 0], length: 1, next }
    }

    fn code(code: u32, next: usize) -> Option<Self> {
        let mut bytes = [0; 4];
        let length = char::from_u32(code)?.encode_utf8(&mut bytes).len();
        Some(Self { bytes, length, next })
    }

    /// The UTF-8 of the character, or the byte.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(super) fn ascii(&self) -> Option<u8> {
        (self.length == 1).then_some(self.bytes[0]).filter(u8::is_ascii)
    }
}

/// All readings of a place: as it is, unescaped once, and so on.
pub(super) struct Readings {
    units: [Unit; DEPTH + 1],
    count: usize,
}

impl Readings {
    pub(super) fn units(&self) -> &[Unit] {
        &self.units[..self.count]
    }
}

/// Whether an escape can begin with this byte.
pub(super) fn is_lead(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&' | b'+')
}

/// The readings of a place; `None` at the end of the text.
pub(super) fn readings(text: &[u8], at: usize) -> Option<Readings> {
    let byte = *text.get(at)?;
    let plain = Unit::byte(byte, at + 1);
    let mut found = Readings { units: [plain; DEPTH + 1], count: 1 };
    if is_lead(byte) {
        for unit in (1..=DEPTH).filter_map(|depth| read(text, at, depth)) {
            if !found.units().contains(&unit) {
                found.units[found.count] = unit;
                found.count += 1;
            }
        }
    }
    Some(found)
}

/// Maximum length of an escape within others, in bytes.
pub(super) const MAX_ESCAPE: usize = 20;

/// Whether a text may be the beginning of an escape, or nothing.
pub(super) fn may_be_escape(text: &[u8]) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b';' | b'{') || is_lead(*byte);
    text.first().is_none_or(|byte| is_lead(*byte)) && text.iter().all(inside)
}

/// A place after unescaping `depth` times. What is no escape is read as it is.
fn read(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    let Some(depth) = depth.checked_sub(1) else { return text.get(at).map(|byte| Unit::byte(*byte, at + 1)) };
    let lead = read(text, at, depth)?;
    let escaped = match lead.ascii() {
        Some(b'\\') => backslash(text, lead.next, depth),
        Some(b'%') => percent(text, lead.next, depth),
        Some(b'&') => entity(text, lead.next, depth),
        Some(b'+') => Some(Unit::byte(b' ', lead.next)),
        _ => None,
    };
    escaped.or(Some(lead))
}

fn ascii(text: &[u8], at: usize, depth: usize) -> Option<(u8, usize)> {
    let unit = read(text, at, depth)?;
    unit.ascii().map(|byte| (byte, unit.next))
}

/// Digits up to `most`, at least one.
fn number(text: &[u8], at: usize, depth: usize, radix: u32, most: usize) -> Option<(u32, usize)> {
    let (mut value, mut next, mut count) = (0_u32, at, 0);
    while count < most
        && let Some((byte, after)) = ascii(text, next, depth)
        && let Some(digit) = char::from(byte).to_digit(radix)
    {
        value = value.checked_mul(radix)?.checked_add(digit)?;
        (next, count) = (after, count + 1);
    }
    (count > 0).then_some((value, next))
}

/// Exactly this many hexadecimal digits.
fn hex(text: &[u8], at: usize, depth: usize, digits: usize) -> Option<(u32, usize)> {
    let (mut value, mut next) = (0, at);
    for _ in 0..digits {
        let (digit, after) = number(text, next, depth, 16, 1)?;
        (value, next) = (value * 16 + digit, after);
    }
    Some((value, next))
}

/// After a backslash: JSON, and what Rust, Python and JavaScript write.
fn backslash(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    let (kind, next) = ascii(text, at, depth)?;
    let byte = match kind {
        b'u' => return unicode(text, next, depth),
        b'x' => {
            let (value, next) = hex(text, next, depth, 2)?;
            return u8::try_from(value).ok().map(|byte| Unit::byte(byte, next));
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        byte if byte.is_ascii_punctuation() => byte,
        _ => return None,
    };
    Some(Unit::byte(byte, next))
}

/// After `\u` or `%u`: four digits, or any number of them in braces.
fn unicode(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    if let Some((b'{', next)) = ascii(text, at, depth) {
        let (code, next) = number(text, next, depth, 16, 8)?;
        let (end, next) = ascii(text, next, depth)?;
        return Unit::code(code, next).filter(|_| end == b'}');
    }
    let (high, next) = hex(text, at, depth, 4)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Unit::code(high, next);
    }
    let (b'\\' | b'%', next) = ascii(text, next, depth)? else { return None };
    let (b'u', next) = ascii(text, next, depth)? else { return None };
    let (low, next) = hex(text, next, depth, 4)?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Unit::code(0x10000 + ((high - 0xd800) << 10) + low, next)
}

/// After `%`.
fn percent(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    if let Some((b'u' | b'U', next)) = ascii(text, at, depth) {
        return unicode(text, next, depth);
    }
    let (value, next) = hex(text, at, depth, 2)?;
    u8::try_from(value).ok().map(|byte| Unit::byte(byte, next))
}

/// After `&`.
fn entity(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    let (code, next) = match ascii(text, at, depth)? {
        (b'#', next) => match ascii(text, next, depth)? {
            (b'x' | b'X', next) => number(text, next, depth, 16, 8)?,
            _ => number(text, next, depth, 10, 10)?,
        },
        _ => named(text, at, depth)?,
    };
    let (b';', next) = ascii(text, next, depth)? else { return None };
    Unit::code(code, next)
}

/// The names of HTML for what a secret in ASCII may contain.
const NAMES: [(&[u8], u8); 44] = [
    (b"amp", b'&'),
    (b"AMP", b'&'),
    (b"lt", b'<'),
    (b"LT", b'<'),
    (b"gt", b'>'),
    (b"GT", b'>'),
    (b"quot", b'"'),
    (b"QUOT", b'"'),
    (b"apos", b'\''),
    (b"equals", b'='),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"plus", b'+'),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"hyphen", b'-'),
    (b"dash", b'-'),
    (b"period", b'.'),
    (b"comma", b','),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"excl", b'!'),
    (b"quest", b'?'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"ast", b'*'),
    (b"midast", b'*'),
    (b"commat", b'@'),
    (b"lsqb", b'['),
    (b"lbrack", b'['),
    (b"rsqb", b']'),
    (b"rbrack", b']'),
    (b"Hat", b'^'),
    (b"grave", b'`'),
    (b"lcub", b'{'),
    (b"lbrace", b'{'),
    (b"verbar", b'|'),
    (b"vert", b'|'),
    (b"rcub", b'}'),
    (b"rbrace", b'}'),
    (b"nbsp", b' '),
];

fn named(text: &[u8], at: usize, depth: usize) -> Option<(u32, usize)> {
    let (mut name, mut length, mut next) = ([0_u8; 8], 0, at);
    while let Some((byte, after)) = ascii(text, next, depth).filter(|(byte, _)| byte.is_ascii_alphabetic()) {
        *name.get_mut(length)? = byte;
        (length, next) = (length + 1, after);
    }
    let known = NAMES.iter().find(|(known, _)| *known == &name[..length])?;
    Some((known.1.into(), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, usize)> {
        let units = readings(text.as_bytes(), 0).map(|found| found.units().to_vec()).unwrap_or_default();
        units.iter().map(|unit| (String::from_utf8_lossy(unit.bytes()).into_owned(), unit.next)).collect()
    }

    #[test]
    fn each_escape_is_read_with_its_length() {
        let cases = [
            ("\\u003d", "="),
            ("\\u003D", "="),
            ("\\u{3d}", "="),
            ("\\x3d", "="),
            ("\\/", "/"),
            ("\\\"", "\""),
            ("\\n", "\n"),
            ("\\r", "\r"),
            ("\\t", "\t"),
            ("\\b", "\u{8}"),
            ("\\f", "\u{c}"),
            ("\\ud83e\\udd80", "🦀"),
            ("%3d", "="),
            ("%3D", "="),
            ("%u003d", "="),
            ("+", " "),
            ("&#61;", "="),
            ("&#x3d;", "="),
            ("&#X0003D;", "="),
            ("&equals;", "="),
            ("&amp;", "&"),
            ("&amp;#61;", "="),
            ("&amp;amp;lt;", "<"),
            ("%253D", "="),
            ("%25253D", "="),
            ("\\\\u003d", "="),
            ("\\u0025\\u0033D", "="),
            ("%5Cu003d", "="),
            ("&#37;3D", "="),
        ];
        for (text, expected) in cases {
            assert!(all(text).contains(&(expected.to_owned(), text.len())), "{text}: {:?}", all(text));
        }
    }

    #[test]
    fn what_is_no_escape_is_itself() {
        for text in [
            "a",
            "\\",
            "\\q",
            "\\u12",
            "\\ud83e",
            "\\ud83e\\u0041",
            "\\ud83e\\ue000",
            "%",
            "%4",
            "%zz",
            "&",
            "&;",
            "&#;",
            "&#x;",
        ] {
            assert_eq!(all(text).len(), 1, "{text}");
        }
        for text in ["&toolonganame;", "&lt", "&#99999999999;", "&#xd800;", "\\u{}", "\\u{110000}"] {
            assert_eq!(all(text).len(), 1, "{text}");
        }
        assert!(readings(b"", 0).is_none());
    }
}
