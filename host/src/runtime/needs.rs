//! What a component needs of its engine.

#[cfg(test)]
pub(super) mod tests;

use std::io::{self, Read, Seek, SeekFrom};

use wasmparser::{CanonicalFunction, Chunk, ComponentCanonicalSectionReader, Parser, Payload};

/// Whether a component, or one inside it, uses the component model's built-ins for threads. Its modules are passed over, so a file
/// need not be read as a whole. Of what is no component the answer is no: compiling says what is wrong with it.
pub(crate) fn threads(mut component: impl Read + Seek) -> io::Result<bool> {
    let mut parsers = vec![Parser::new(0)];
    let mut ahead = Vec::new();
    let mut is_end = false;
    while let Some(parser) = parsers.last_mut() {
        let (consumed, next) = match parser.parse(&ahead, is_end) {
            Ok(Chunk::NeedMoreData(wanted)) if !is_end => {
                let wanted = u64::try_from(wanted).unwrap_or(u64::MAX).max(AT_ONCE);
                is_end = component.by_ref().take(wanted).read_to_end(&mut ahead)? == 0;
                continue;
            }
            Ok(Chunk::Parsed { consumed, payload }) => (consumed, Next::after(payload)),
            Ok(Chunk::NeedMoreData(_)) | Err(_) => return Ok(false),
        };
        ahead.drain(..consumed);
        match next {
            Next::Section => {}
            Next::Skip(length) => skip(&mut component, &mut ahead, length)?,
            Next::Inner(inner) => parsers.push(inner),
            Next::Outer => drop(parsers.pop()),
            Next::Found => return Ok(true),
        }
    }
    Ok(false)
}

/// How it goes on after a section.
enum Next {
    Section,
    Skip(u64),
    Inner(Parser),
    Outer,
    Found,
}

impl Next {
    fn after(payload: Payload<'_>) -> Self {
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                Self::Skip(unchecked_range.end.saturating_sub(unchecked_range.start))
            }
            Payload::ComponentSection { parser, .. } => Self::Inner(parser),
            Payload::ComponentCanonicalSection(functions) if has_threads(functions.clone()) => Self::Found,
            Payload::End(_) => Self::Outer,
            _ => Self::Section,
        }
    }
}

fn has_threads(functions: ComponentCanonicalSectionReader<'_>) -> bool {
    let is_of_threads = |function: &CanonicalFunction| {
        matches!(
            function,
            CanonicalFunction::ThreadIndex
                | CanonicalFunction::ThreadNewIndirect { .. }
                | CanonicalFunction::ThreadResumeLater
                | CanonicalFunction::ThreadSuspend
                | CanonicalFunction::ThreadSuspendThenResume
                | CanonicalFunction::ThreadYieldThenResume
                | CanonicalFunction::ThreadSuspendThenPromote
                | CanonicalFunction::ThreadYieldThenPromote
        )
    };
    functions.into_iter().flatten().any(|function| is_of_threads(&function))
}

/// Passes over the next `length` bytes, some of which may have been read already.
fn skip(component: &mut impl Seek, ahead: &mut Vec<u8>, length: u64) -> io::Result<()> {
    let length = i64::try_from(length).map_err(io::Error::other)?;
    let read = i64::try_from(ahead.len()).map_err(io::Error::other)?;
    if length < read {
        ahead.drain(..usize::try_from(length).map_err(io::Error::other)?);
        return Ok(());
    }
    ahead.clear();
    component.seek(SeekFrom::Current(length - read)).map(drop)
}

/// How much is read at once, in bytes: sections are small, but for those that are passed over.
const AT_ONCE: u64 = 4096;
