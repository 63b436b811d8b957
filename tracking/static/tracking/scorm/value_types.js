// Whether a text is a value of a type of the tables: null (it is), "type" or "range".
import { judgeResponse } from "./response_types.js";

const LANGUAGE_MARK = /^\{lang=([^}]*)\}/;
const OWN_LANGUAGE = /^([ix]|q[a-t][a-z])$/; // registered with IANA, private, or reserved for local use
const patterns = new Map();
const languages = new WeakMap(); // type → the codes it knows

// Does the whole text match? The tables' patterns are unanchored.
export function matchesWhole(pattern, text) {
  let compiled = patterns.get(pattern);
  if (!compiled) patterns.set(pattern, (compiled = new RegExp(`^(?:${pattern})$`, "su")));
  return compiled.test(text);
}

// `context` has {tables, allow, kind}: what the site allows beyond the standard, and the interaction's type for a response.
export function judgeValue(name, text, context) {
  const type = context.tables.types[name];
  if (type.blank && text === "") return null;
  switch (type.kind) {
    case "string":
      return isTooLong(text, mostOf(type, context)) ? "type" : null;
    case "localized":
      return judgeLocalized(type, text, context);
    case "words":
      return type.words.includes(text) ? null : "type";
    case "any_of":
      return type.types.some((one) => judgeValue(one, text, context) === null) ? null : "type";
    case "response":
      return judgeResponse(type, text, context, judgeValue);
    case "number":
    case "integer":
      return judgeNumber(type, text);
    default:
      return judgePattern(type, text, context);
  }
}

function judgePattern(type, text, context) {
  if (type.max && isTooLong(text, mostOf(type, context))) return "type";
  if (!matchesWhole(type.pattern, text)) return "type";
  if (type.languages && !isLanguage(type, text)) return "type";
  return type.calendar && !isDay(text) ? "type" : null;
}

function judgeNumber(type, text) {
  if (!matchesWhole(type.pattern, text)) return "type";
  const number = Number(text);
  return number < (type.min ?? -Infinity) || number > (type.top ?? Infinity) ? "range" : null;
}

// A tag begins with a language that there is (RFC 3066, ISO 639).
function isLanguage(type, text) {
  if (!languages.has(type)) languages.set(type, new Set(type.languages.split(" ")));
  const [code] = text.toLowerCase().split("-");
  return OWN_LANGUAGE.test(code) || languages.get(type).has(code);
}

// A text may begin with its language; a mark that is none is a mistake, not a text.
function judgeLocalized(type, text, context) {
  const [mark, language] = LANGUAGE_MARK.exec(text) ?? ["", null];
  if (language === null && text.startsWith("{lang=")) return "type";
  if (language !== null && judgeValue("langTag", language, context) !== null) return "type";
  return isTooLong(text.slice(mark.length), mostOf(type, context)) ? "type" : null;
}

function mostOf(type, context) {
  return Math.max(type.max, context.allow?.[type.allowance] ?? 0);
}

// Lengths are in characters of ISO 10646, not in halves of them.
export function isTooLong(text, most) {
  return text.length > most && [...text].length > most;
}

function isDay(text) {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(text);
  return !day || Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}
