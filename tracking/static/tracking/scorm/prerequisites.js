// SCORM 1.2's <adlcp:prerequisites type="aicc_script">: which items must be done before this one may be opened. From the
// weakest to the strongest: | (or), & (and), ~ (not), = and <> (a status), n*{a, b, …} (at least n of them), brackets.

const WORDS = { p: "passed", c: "completed", f: "failed", i: "incomplete", b: "browsed", n: "not attempted" };
const TOKEN = /\s*(?:(<>|[&|~=(){},*])|"([^"]*)"|([^\s&|~=<>(){},*"]+))/y;

function tokensOf(script) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < script.trimEnd().length) {
    const found = TOKEN.exec(script);
    if (!found) throw new SyntaxError(script);
    tokens.push(found[1] ? { sign: found[1] } : { text: found[2] ?? found[3] });
  }
  return tokens;
}

class Reader {
  constructor(script, statusOf) {
    this.tokens = tokensOf(script);
    this.statusOf = statusOf;
    this.at = 0;
  }

  takes(sign) {
    if (this.tokens[this.at]?.sign !== sign) return false;
    this.at += 1;
    return true;
  }

  expects(sign) {
    if (!this.takes(sign)) throw new SyntaxError(`${sign} expected`);
  }

  text() {
    const token = this.tokens[this.at];
    if (token?.text === undefined) throw new SyntaxError("a name expected");
    this.at += 1;
    return token.text;
  }

  either() {
    let value = this.both();
    while (this.takes("|")) value = this.both() || value;
    return value;
  }

  both() {
    let value = this.single();
    while (this.takes("&")) value = this.single() && value;
    return value;
  }

  single() {
    if (this.takes("~")) return !this.single();
    if (this.takes("(")) return this.enclosed(")");
    if (this.takes("{")) return this.enclosed("}");
    const text = this.text();
    if (this.takes("*")) return this.some(Number(text));
    if (this.takes("=")) return this.statusOf(text) === this.status();
    if (this.takes("<>")) return this.statusOf(text) !== this.status();
    return ["passed", "completed"].includes(this.statusOf(text));
  }

  enclosed(sign) {
    const value = this.either();
    this.expects(sign);
    return value;
  }

  status() {
    const word = this.tokens[this.at + 1]?.text === "attempted" ? `${this.text()} ${this.text()}` : this.text();
    return WORDS[word.toLowerCase()] ?? word.toLowerCase();
  }

  some(count) {
    this.expects("{");
    const values = [];
    do values.push(this.either());
    while (this.takes(","));
    this.expects("}");
    return values.filter(Boolean).length >= count;
  }
}

// Whether they are met; `statusOf(id)` gives an item's status in 1.2's words. A script that cannot be read shuts nobody out.
export function arePrerequisitesMet(script, statusOf) {
  if (!script?.trim()) return true;
  try {
    const reader = new Reader(script, statusOf);
    const value = reader.either();
    return reader.at === reader.tokens.length ? value : true;
  } catch {
    return true;
  }
}
