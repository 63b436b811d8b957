// What an answer to an interaction looks like, by the interaction's type. SCORM 2004 4th Ed. RTE 4.2.9; 1.2 RTE CMIFeedback.
import { isTooLong, matchesWhole } from "./value_types.js";

const OPTION = /^\{([a-z_]+)=([^}]*)\}/;

export function judgeResponse(type, text, context, judge) {
  if (type.max && isTooLong(text, type.max)) return "type";
  const form = context.tables.responses[context.kind]?.[type.role];
  if (!form) return null;
  const rest = form.options ? dropOptions(text, form.options, (language) => judge("langTag", language, context) === null) : text;
  if (rest === null) return "type";
  if (rest === "" && (form.blank || type.max)) return null;
  const parts = form.list ? rest.split(form.list) : [rest];
  if (form.unique && new Set(parts).size < parts.length) return "type";
  return parts.every((part) => isPart(part, form, context, judge)) ? null : "type";
}

function isPart(part, form, context, judge) {
  const isOf = (type, text) => judge(type, text, context) === null;
  if (form.words) return form.words.includes(part);
  if (form.pattern) return matchesWhole(form.pattern, part);
  if (form.type) return isOf(form.type, part);
  if (form.pair) return isPair(part, form.pair, isOf);
  if (form.step) return isStep(part, form, isOf);
  if (form.range) return isRange(part, isOf);
  return isOf(form.item, part);
}

function isPair(part, [source, target], isOf) {
  const sides = part.split("[.]");
  return sides.length === 2 && isOf(source, sides[0]) && isOf(target, sides[1]);
}

// A step of a performance: its name, its answer or both. An answer is a text or a range.
function isStep(part, form, isOf) {
  const sides = part.split("[.]");
  if (sides.length !== 2) return false;
  const [name, answer] = sides;
  if (name === "" && answer === "") return false;
  if (name !== "" && !isOf("short_identifier", name)) return false;
  if (form.range && answer.includes("[:]")) return isRange(answer, isOf);
  return isOf("string250", answer);
}

// From and to, either may be left out.
function isRange(part, isOf) {
  const sides = part.split("[:]");
  if (sides.length !== 2) return false;
  const [from, to] = sides;
  if (![from, to].every((side) => side === "" || isOf("real", side))) return false;
  return from === "" || to === "" || Number(from) <= Number(to);
}

// The text without its leading options, in any order, or null where one of them is wrong. What looks like another is text.
function dropOptions(text, known, isLanguage) {
  const seen = new Set();
  let rest = text;
  for (let found = OPTION.exec(rest); found && known.includes(found[1]) && !seen.has(found[1]); found = OPTION.exec(rest)) {
    if (found[1] === "lang" ? !isLanguage(found[2]) : !["true", "false"].includes(found[2])) return null;
    seen.add(found[1]);
    rest = rest.slice(found[0].length);
  }
  return rest;
}
