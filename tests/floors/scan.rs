//! Rust source as tokens: enough of a lexer for the rules of the house, which
//! must not be deceived by comments, strings and character literals.

use std::ops::Range;

/// One token: a word, a number, one character of punctuation, or a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The text; of a string literal, what is between its quotes.
    pub(crate) text: String,
    /// Line that it begins on, from 1.
    pub(crate) line: usize,
    /// Whether it is a string literal.
    pub(crate) is_string: bool,
}

impl Token {
    /// Whether it is this word or this punctuation.
    pub(crate) fn is(&self, text: &str) -> bool {
        !self.is_string && self.text == text
    }

    /// Whether it is a word.
    pub(crate) fn is_word(&self) -> bool {
        let first = self.text.chars().next();
        !self.is_string && first.is_some_and(|c| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of a source; comments and character literals are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut lexer = Lexer {
        chars,
        at: 0,
        line: 1,
        found: Vec::new(),
    };
    while lexer.at < lexer.chars.len() {
        lexer.step();
    }
    lexer.found
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn advance(&mut self) -> char {
        let c = self.peek(0);
        self.line += usize::from(c == '\n');
        self.at += 1;
        c
    }

    fn push(&mut self, text: String, line: usize, is_string: bool) {
        self.found.push(Token {
            text,
            line,
            is_string,
        });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.advance();
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(line),
            ('\'', _) => self.quote(),
            (c, _) if c.is_alphanumeric() || c == '_' => self.word(line),
            (c, _) => {
                self.advance();
                if !c.is_whitespace() {
                    self.push(c.to_string(), line, false);
                }
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.advance();
                    continue;
                }
            }
            self.advance();
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    /// A word or number; or a string that begins with one (`r#"…"#`, `b"…"`).
    fn word(&mut self, line: usize) {
        let mut text = String::new();
        while self.peek(0).is_alphanumeric() || self.peek(0) == '_' {
            text.push(self.advance());
        }
        let is_raw = text == "r" || text == "br" || text == "cr";
        let hashes = (0..).take_while(|&at| self.peek(at) == '#').count();
        if is_raw && self.peek(hashes) == '"' {
            self.raw_string(hashes, line);
        } else if (text == "b" || text == "c") && self.peek(0) == '"' {
            self.string(line);
        } else if text == "b" && self.peek(0) == '\'' {
            self.quote();
        } else {
            self.push(text, line, false);
        }
    }

    fn string(&mut self, line: usize) {
        self.advance();
        let mut text = String::new();
        while self.at < self.chars.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                self.advance();
            }
            text.push(self.advance());
        }
        self.advance();
        self.push(text, line, true);
    }

    fn raw_string(&mut self, hashes: usize, line: usize) {
        (0..=hashes).for_each(|_| {
            self.advance();
        });
        let mut text = String::new();
        let ends = |lexer: &Self| {
            lexer.peek(0) == '"' && (1..=hashes).all(|ahead| lexer.peek(ahead) == '#')
        };
        while self.at < self.chars.len() && !ends(self) {
            text.push(self.advance());
        }
        (0..=hashes).for_each(|_| {
            self.advance();
        });
        self.push(text, line, true);
    }

    /// A character literal, or the quote of a lifetime.
    fn quote(&mut self) {
        self.advance();
        if self.peek(0) == '\\' {
            self.advance();
            self.advance();
            while self.at < self.chars.len() && self.peek(0) != '\'' {
                self.advance();
            }
            self.advance();
        } else if self.peek(1) == '\'' {
            self.advance();
            self.advance();
        }
    }
}

/// Whether the tokens from `at` on are these.
pub(crate) fn starts(tokens: &[Token], at: usize, wanted: &[&str]) -> bool {
    tokens.len() >= at + wanted.len()
        && wanted
            .iter()
            .zip(&tokens[at..])
            .all(|(want, token)| token.is(want))
}

/// The end of the bracket that opens at `open`: past its counterpart.
pub(crate) fn past_bracket(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if ["{", "(", "["].iter().any(|bracket| token.is(bracket)) {
            depth += 1;
        } else if ["}", ")", "]"].iter().any(|bracket| token.is(bracket)) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

/// The end of an item that begins at `from`: past its body, or its semicolon.
fn past_item(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is(";") {
            return at + 1;
        }
        if token.is("{") {
            return past_bracket(tokens, at);
        }
        at = if token.is("(") || token.is("[") {
            past_bracket(tokens, at)
        } else {
            at + 1
        };
    }
    at
}

/// The items that are compiled for tests only, as ranges of tokens.
pub(crate) fn test_items(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut items: Vec<Range<usize>> = Vec::new();
    for at in 0..tokens.len() {
        let is_test = starts(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"])
            || starts(tokens, at, &["#", "[", "test", "]"]);
        if is_test && items.last().is_none_or(|last| at >= last.end) {
            let mut item = at;
            while starts(tokens, item, &["#", "["]) {
                item = past_bracket(tokens, item + 1);
            }
            items.push(at..past_item(tokens, item));
        }
    }
    items
}

/// A function: its name, the line it begins on, and how many it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// The functions with a body.
pub(crate) fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = tokens.get(at + 1) else {
            break;
        };
        if !token.is("fn") || !name.is_word() {
            continue;
        }
        let end = past_item(tokens, at);
        let last = &tokens[end - 1];
        if last.is("}") {
            found.push(Function {
                name: name.text.clone(),
                line: token.line,
                lines: last.line - token.line + 1,
            });
        }
    }
    found
}
