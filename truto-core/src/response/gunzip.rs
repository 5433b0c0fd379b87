//! Decompression, chunk by chunk and across all members of a stream.

use std::io::Write as _;
use std::mem;

use bytes::Bytes;
use flate2::write::GzDecoder;

use super::body_reader::BodyError;

/// The first byte of a member.
const MAGIC: u8 = 0x1f;

/// Output after which [`Gunzip::push`] returns, in bytes; it may return up to 128 KiB more.
const OUTPUT: usize = 64 * 1024;

pub(super) struct Gunzip {
    decoder: GzDecoder<Vec<u8>>,
    /// True once there was any input; a response without a body is not compressed.
    begun: bool,
    /// True if the rest of the input is padding, which some servers add.
    ended: bool,
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self { decoder: GzDecoder::new(Vec::new()), begun: false, ended: false }
    }

    /// Decompresses a part of `input`: returns its output, which may be empty, and the rest of the input.
    ///
    /// Stops at the end of a member and after [`OUTPUT`] bytes, so that a single call is short whatever
    /// the input expands to.
    pub(super) fn push<'a>(&mut self, mut input: &'a [u8]) -> Result<(Bytes, &'a [u8]), BodyError> {
        self.begun |= !input.is_empty();
        while !input.is_empty() && !self.ended && self.decoder.get_ref().len() < OUTPUT {
            match self.decoder.write(input) {
                Ok(0) => {
                    self.next_member(input[0])?;
                    break;
                }
                Ok(read) => input = &input[read..],
                Err(_) => return Err(BodyError::Corrupt),
            }
        }
        if self.ended {
            input = &[];
        } else {
            self.decoder.flush().map_err(|_| BodyError::Corrupt)?;
        }
        Ok((mem::take(self.decoder.get_mut()).into(), input))
    }

    /// Begins the next member: the decoder accepts no more input, so the current one is complete.
    fn next_member(&mut self, first: u8) -> Result<(), BodyError> {
        self.decoder.try_finish().map_err(|_| BodyError::Corrupt)?;
        if first == MAGIC {
            let output = mem::take(self.decoder.get_mut());
            self.decoder = GzDecoder::new(output);
        } else {
            self.ended = true;
        }
        Ok(())
    }

    /// The output that is left at the end of the input.
    pub(super) fn finish(mut self) -> Result<Bytes, BodyError> {
        if !self.begun {
            return Ok(Bytes::new());
        }
        if !self.ended {
            // Only a decoder at the end of its member accepts no more input.
            match self.decoder.write(&[0]) {
                Ok(0) => self.decoder.try_finish().map_err(|_| BodyError::Corrupt)?,
                Ok(_) => return Err(BodyError::Cut),
                Err(_) => return Err(BodyError::Corrupt),
            }
        }
        Ok(mem::take(self.decoder.get_mut()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::gzip;

    fn gunzip(input: &[u8], step: usize) -> Result<Vec<u8>, BodyError> {
        let mut gunzip = Gunzip::new();
        let mut output = Vec::new();
        for mut chunk in input.chunks(step) {
            while !chunk.is_empty() {
                let (bytes, rest) = gunzip.push(chunk)?;
                assert!(bytes.len() <= OUTPUT + 128 * 1024, "{}", bytes.len());
                output.extend_from_slice(&bytes);
                chunk = rest;
            }
        }
        output.extend_from_slice(&gunzip.finish()?);
        Ok(output)
    }

    #[test]
    fn reads_all_members_in_chunks_of_any_size() {
        let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let [one, two, empty, long_gz] = [&b"one"[..], b"two", b"", &long].map(gzip);
        let padded = |bytes: &[u8]| [bytes, &[0; 12]].concat();
        for (input, expected) in [
            (Vec::new(), &b""[..]),
            (empty.clone(), b""),
            (one.clone(), b"one"),
            ([&*one, &two].concat(), b"onetwo"),
            ([&*one, &empty, &two].concat(), b"onetwo"),
            (padded(&one), b"one"),
            (padded(&[&*one, &*two].concat()), b"onetwo"),
            (long_gz.clone(), &long),
        ] {
            for step in [1, 2, 7, 4_096, usize::MAX] {
                assert_eq!(gunzip(&input, step).expect("gzip"), expected, "{step}");
            }
        }
    }

    #[test]
    fn rejects_cut_and_corrupt_input() {
        let [one, two] = [&b"one"[..], b"two"].map(gzip);
        for step in [1, 3, usize::MAX] {
            for end in 1..one.len() {
                assert!(matches!(gunzip(&one[..end], step), Err(BodyError::Cut)), "{end}");
                let both = [&*one, &two[..end]].concat();
                assert!(matches!(gunzip(&both, step), Err(BodyError::Cut)), "{end}");
            }
            let mut other_sum = one.clone();
            other_sum[one.len() - 8] ^= 1;
            for input in [&b"plain text"[..], &other_sum, &[&*other_sum, &two].concat()] {
                assert!(matches!(gunzip(input, step), Err(BodyError::Corrupt)), "{input:?}");
            }
        }
    }
}
