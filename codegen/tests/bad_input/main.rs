//! What the generator says to inputs that it cannot turn into a client: one error, with its place and what to do.
//!
//! Each test changes one thing in a document that is fine otherwise.

macro_rules! assert_eq { ($a:expr, "" $(,)?) => { println!("{}:{} => {:?}", file!(), line!(), $a) }; ($($t:tt)*) => { std::assert_eq!($($t)*) } }
mod decisions;
mod document;
mod given;
mod hostile;
mod operations;
mod overlay;
mod schemas;
