//! Scans the tokens of a JSON body that may be malformed or truncated: finds the path of a position, the position of a
//! path, and the values that must not be shown. Time grows with the length of the body, and memory does not grow with
//! its nesting.

use std::ops::Range;

/// Maximum nesting that is followed. serde_json follows no more than 128 levels; deeper ones are skipped.
const MAX_DEPTH: usize = 256;

/// What is at a position.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) path: String,
    /// Path of the object or list around the position.
    pub(super) container: String,
    /// Whether the name of a member on the path sounds like a secret.
    pub(super) secret: bool,
    /// The values within the window that must not be shown.
    pub(super) hidden: Vec<Range<usize>>,
}

/// Describes a position, and the hidden values in a window around it.
///
/// The result is the value that ends at `at` (serde_json has just read it), otherwise the one that begins there (its
/// type was refused), otherwise the innermost one around it.
pub(super) fn walk(body: &[u8], at: usize, window: &Range<usize>) -> Walk {
    let mut walk = Walk::default();
    let mut scan = Scan::new(body);
    let mut found = false;
    let mut place = |walk: &mut Walk, scan: &Scan<'_>, hit: bool, closed: bool| {
        if hit && !found {
            found = true;
            (walk.path, walk.secret) = (scan.path(), scan.is_secret());
            walk.container = if closed { walk.path.clone() } else { scan.container.clone() };
        }
    };
    while let Some(byte) = scan.byte() {
        let start = scan.at;
        if start > at {
            place(&mut walk, &scan, true, false);
        }
        if start >= window.end {
            break;
        }
        match byte {
            b'{' | b'[' => place(&mut walk, &scan, start == at, false),
            b'}' | b']' => {
                scan.step();
                place(&mut walk, &scan, scan.at == at, true);
                continue;
            }
            _ if scan.is_value() => {
                let end = token_end(body, start);
                // A value around the position counts too: a malformed string is refused in its middle.
                place(&mut walk, &scan, start <= at && at <= end, false);
                if end > window.start && scan.is_secret() {
                    walk.hidden.push(start..end);
                }
            }
            _ => {}
        }
        scan.step();
    }
    place(&mut walk, &scan, true, false);
    walk
}

/// Offset of the value with this path.
pub(super) fn place_of(body: &[u8], wanted: &str) -> Option<usize> {
    let mut scan = Scan::new(body);
    while scan.byte().is_some() {
        if scan.is_value() && scan.is_at(wanted) {
            return Some(scan.at);
        }
        scan.step();
    }
    None
}

/// A position in a body, and the objects and lists around it.
struct Scan<'b> {
    body: &'b [u8],
    at: usize,
    stack: Vec<Frame>,
    /// Number of objects and lists that are open beyond those of the stack.
    deeper: usize,
    /// Path of the innermost object or list of the stack.
    container: String,
    /// Number of frames whose member is secret.
    secrets: usize,
}

struct Frame {
    item: Item,
    /// Length of the path of the object or list around this one.
    outer: usize,
    secret: bool,
}

enum Item {
    /// The index in a list.
    Index(usize),
    /// The last name in an object, and whether the next string is a name.
    Member(String, bool),
}

impl<'b> Scan<'b> {
    fn new(body: &'b [u8]) -> Self {
        Self { body, at: 0, stack: Vec::new(), deeper: 0, container: String::new(), secrets: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    /// Whether a value begins here.
    fn is_value(&self) -> bool {
        let name = self.deeper == 0 && matches!(self.stack.last(), Some(Frame { item: Item::Member(_, true), .. }));
        !name
            && self.byte().is_some_and(|byte| !matches!(byte, b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t'))
    }

    /// Names that are too deep to be followed may be those of secrets.
    fn is_secret(&self) -> bool {
        self.secrets > 0 || self.deeper > 0
    }

    /// Path of the current item.
    fn path(&self) -> String {
        format!("{}{}", self.container, self.segment())
    }

    fn is_at(&self, wanted: &str) -> bool {
        self.deeper == 0 && wanted.strip_prefix(&*self.container).is_some_and(|rest| rest == self.segment())
    }

    /// The current item, as the end of its path.
    fn segment(&self) -> String {
        match self.stack.last().map(|frame| &frame.item) {
            Some(Item::Index(index)) => format!("[{index}]"),
            Some(Item::Member(name, _)) if self.container.is_empty() || name.is_empty() => name.clone(),
            Some(Item::Member(name, _)) => format!(".{name}"),
            None => String::new(),
        }
    }

    /// Goes to the next token.
    fn step(&mut self) {
        let Some(byte) = self.byte() else { return };
        match byte {
            b'{' => self.open(Item::Member(String::new(), true)),
            b'[' => self.open(Item::Index(0)),
            b'}' | b']' => self.close(),
            b',' if self.deeper == 0 => match self.stack.last_mut().map(|frame| &mut frame.item) {
                Some(Item::Index(index)) => *index += 1,
                Some(Item::Member(_, is_name)) => *is_name = true,
                None => {}
            },
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => {
                let end = token_end(self.body, self.at);
                self.read_name(end);
                self.at = end;
                return;
            }
        }
        self.at += 1;
    }

    fn open(&mut self, item: Item) {
        if self.stack.len() == MAX_DEPTH || self.deeper > 0 {
            self.deeper += 1;
            return;
        }
        let outer = self.container.len();
        let segment = self.segment();
        self.container.push_str(&segment);
        self.stack.push(Frame { item, outer, secret: false });
    }

    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(frame) = self.stack.pop() {
            self.container.truncate(frame.outer);
            self.secrets -= usize::from(frame.secret);
        }
    }

    /// Reads the token up to this position, if it is the name of a member.
    fn read_name(&mut self, end: usize) {
        if self.deeper > 0 {
            return;
        }
        if let Some(Frame { item: Item::Member(name, is_name @ true), secret, .. }) = self.stack.last_mut() {
            let token = super::parse(self.body.get(self.at..end).unwrap_or_default());
            *name = token.and_then(|token| token.as_str().map(str::to_owned)).unwrap_or_default();
            *is_name = false;
            self.secrets -= usize::from(std::mem::replace(secret, sounds_secret(name)));
            self.secrets += usize::from(*secret);
        }
    }
}

fn token_end(body: &[u8], start: usize) -> usize {
    let rest = body.get(start + 1..).unwrap_or_default();
    if body.get(start) != Some(&b'"') {
        let end = rest.iter().position(|byte| {
            matches!(byte, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
        });
        return start + 1 + end.unwrap_or(rest.len());
    }
    let mut escaped = false;
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return start + at + 2,
            _ => {}
        }
    }
    body.len()
}

fn sounds_secret(name: &str) -> bool {
    const SIGNS: [&str; 5] = ["password", "passphrase", "secret", "token", "private"];
    let name = name.to_ascii_lowercase();
    // `is_private` and the like are flags, not secrets.
    !name.starts_with("is_") && SIGNS.iter().any(|sign| name.contains(sign))
}
