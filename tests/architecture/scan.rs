//! Rust source as a flat list of tokens, by the lexer of `proc-macro2`: the
//! rules must not be deceived by comments, strings and character literals.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

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

/// The tokens of a source; comments, doc comments, character literals and the
/// quotes of lifetimes are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let parsed = source.parse::<TokenStream>();
    let mut found = Vec::new();
    flatten(
        parsed.unwrap_or_else(|error| panic!("{error}: {source}")),
        &mut found,
    );
    found
}

fn flatten(stream: TokenStream, found: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) if is_doc_comment(&trees[..at], group) => {
                let hash = found.iter().rposition(|token| token.is("#"));
                found.truncate(hash.unwrap_or(found.len()));
            }
            TokenTree::Group(group) => {
                let brackets = match group.delimiter() {
                    Delimiter::Parenthesis => ["(", ")"],
                    Delimiter::Brace => ["{", "}"],
                    Delimiter::Bracket => ["[", "]"],
                    Delimiter::None => ["", ""],
                };
                push(found, brackets[0], group.span_open(), false);
                flatten(group.stream(), found);
                push(found, brackets[1], group.span_close(), false);
            }
            TokenTree::Ident(word) => push(found, &word.to_string(), word.span(), false),
            TokenTree::Punct(mark) if mark.as_char() == '\'' => {}
            TokenTree::Punct(mark) => {
                push(found, &mark.as_char().to_string(), mark.span(), false);
            }
            TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
                syn::Lit::Str(text) => push(found, &text.value(), literal.span(), true),
                syn::Lit::Char(_) | syn::Lit::Byte(_) => {}
                syn::Lit::ByteStr(_) | syn::Lit::CStr(_) => push(found, "", literal.span(), true),
                _ => push(found, &literal.to_string(), literal.span(), false),
            },
        }
    }
}

fn push(found: &mut Vec<Token>, text: &str, span: Span, is_string: bool) {
    found.push(Token {
        text: text.to_owned(),
        line: span.start().line,
        is_string,
    });
}

/// Whether a group is the `[doc = "…"]` that a doc comment becomes.
fn is_doc_comment(before: &[TokenTree], group: &Group) -> bool {
    let mut inside = group.stream().into_iter();
    let is_doc = matches!(inside.next(), Some(TokenTree::Ident(word)) if word == "doc");
    let is_set = matches!(inside.next(), Some(TokenTree::Punct(mark)) if mark.as_char() == '=');
    let is_hash =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == '#');
    is_doc && is_set && before.iter().rev().take(2).any(is_hash)
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
