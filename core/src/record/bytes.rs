//! Writing and reading bytes: varints, lengths, names. Nothing here knows what a change is.

use crate::ids::{Dot, Rid, Seq};

/// Bytes that are no change, state or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// They end too early.
    #[error("the bytes end in the middle of {0}")]
    Short(&'static str),
    /// They say something impossible.
    #[error("the bytes hold an impossible {0}")]
    Bad(&'static str),
    /// A layout of a later version; keep it and pass it on.
    #[error("the bytes are of version {0}, which this version cannot read")]
    Version(u8),
}

/// Appends to bytes.
#[derive(Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// One byte.
    pub fn u8(&mut self, n: u8) {
        self.0.push(n);
    }
    /// Unsigned varint (LEB128).
    pub fn uint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }
    /// Signed varint (zigzag).
    pub fn int(&mut self, n: i64) {
        self.uint(((n << 1) ^ (n >> 63)) as u64);
    }
    /// Bytes as they are; the reader must know how many.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    /// Length, then the bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.uint(bytes.len() as u64);
        self.raw(bytes);
    }
    /// A dot.
    pub fn dot(&mut self, dot: Dot) {
        self.uint(u64::from(dot.rid.0));
        self.uint(dot.seq.0);
    }
}

/// Reads from bytes, never past their end.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// One byte.
    pub fn u8(&mut self) -> Result<u8, CodecError> {
        let (&first, rest) = self.0.split_first().ok_or(CodecError::Short("a byte"))?;
        self.0 = rest;
        Ok(first)
    }
    /// Unsigned varint; only the shortest form is taken, so that a value has one encoding.
    pub fn uint(&mut self) -> Result<u64, CodecError> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 || byte == 0 && shift > 0 {
                return Err(CodecError::Bad("number"));
            }
            n |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(CodecError::Bad("number"))
    }
    /// Signed varint.
    pub fn int(&mut self) -> Result<i64, CodecError> {
        let n = self.uint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }
    /// Unsigned varint that fits its type.
    pub fn small<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, CodecError> {
        T::try_from(self.uint()?).map_err(|_| CodecError::Bad(what))
    }
    /// So many bytes.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(CodecError::Short("bytes"))?;
        self.0 = rest;
        Ok(head)
    }
    /// Length, then bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], CodecError> {
        let len = self.small("length")?;
        self.raw(len)
    }
    /// A fixed number of bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        Ok(self.raw(N)?.try_into().expect("raw gives as many bytes as asked for"))
    }
    /// A dot.
    pub fn dot(&mut self) -> Result<Dot, CodecError> {
        Ok(Dot { rid: Rid(self.small("replica")?), seq: Seq(self.uint()?) })
    }
    /// A count of things that take at least a byte each, so that a lying count cannot ask for memory.
    pub fn count(&mut self, what: &'static str) -> Result<usize, CodecError> {
        let n: usize = self.small(what)?;
        if n > self.0.len() { Err(CodecError::Bad(what)) } else { Ok(n) }
    }
    /// Nothing may follow.
    pub fn end(&self) -> Result<(), CodecError> {
        if self.0.is_empty() { Ok(()) } else { Err(CodecError::Bad("tail")) }
    }
}

pub(super) fn text(bytes: &[u8]) -> Result<String, CodecError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| CodecError::Bad("text"))
}
