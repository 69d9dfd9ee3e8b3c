//! A server of Redis' protocol that has the two commands of a pipeline, `SET` and `GET`, each connection with keys of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Result, Write};
use std::net::TcpStream;

/// A connection whose first line was `*COUNT`, the beginning of a command of so many words.
pub(super) fn serve(mut stream: TcpStream, first_line: &str) -> Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, stream.try_clone()?);
    let (mut keys, mut answers) = (HashMap::new(), Vec::new());
    let mut line = first_line.to_owned();
    loop {
        let count = number(&line, '*')?;
        let words = (0..count).map(|_| word(&mut input)).collect::<Result<Vec<_>>>()?;
        answer(words, &mut keys, &mut answers);
        if input.buffer().is_empty() {
            stream.write_all(&answers)?;
            answers.clear();
        }
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
    }
}

fn answer(words: Vec<Vec<u8>>, keys: &mut HashMap<Vec<u8>, Vec<u8>>, answers: &mut Vec<u8>) {
    let mut words = words.into_iter();
    match (words.next().as_deref(), words.next(), words.next()) {
        (Some(b"SET"), Some(key), Some(value)) => {
            keys.insert(key, value);
            answers.extend(b"+OK\r\n");
        }
        (Some(b"GET"), Some(key), None) => match keys.get(&key) {
            Some(value) => {
                answers.extend(format!("${}\r\n", value.len()).bytes());
                answers.extend(value);
                answers.extend(b"\r\n");
            }
            None => answers.extend(b"$-1\r\n"),
        },
        _ => answers.extend(b"-ERR unknown command\r\n"),
    }
}

/// `$LENGTH`, so many bytes, and the end of the line.
fn word(input: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let mut word = vec![0; number(&line, '$')? + 2];
    input.read_exact(&mut word)?;
    word.truncate(word.len() - 2);
    Ok(word)
}

fn number(line: &str, sign: char) -> Result<usize> {
    let digits = line.trim_end().strip_prefix(sign).ok_or(ErrorKind::InvalidData)?;
    digits.parse().ok().filter(|number| *number <= 1 << 20).ok_or_else(|| ErrorKind::InvalidData.into())
}
