// The run-time data of one item, judged by the tables. Knows no API: it answers in reasons, which each standard numbers.
import { judgeValue } from "./value_types.js";

const NUMBER = /^[0-9]+$/;
const INDEX = /^(0|[1-9][0-9]{0,5})$/;
const NOWHERE = Infinity; // the index of a number that is none: "01"
const TARGET = /^(adl\.nav\.request_valid\.(?:choice|jump))\.\{target=([^{}]*)\}$/;
const KEYWORDS = { _children: "childless", _count: "countless", _version: "versionless" };
const LETTERS = ["n", "m"];

export class DataModel {
  #tables;
  #allow;
  #values = new Map();
  #counts = new Map(); // collection → number of records

  // `allow`: how many characters the site takes where the standard asks for fewer, {suspendData: n}.
  constructor(tables, { allow = {} } = {}) {
    this.#tables = tables;
    this.#allow = allow;
  }

  // What a name stands for: {row, name, pattern, indexes: [[collection, index]…], keyword?, target?} or {reason}.
  resolve(name) {
    if (name === "") return { reason: "nameless" };
    const target = TARGET.exec(name);
    if (target) return this.#found(target[1], name, [], { target: target[2] });
    const words = name.split(".");
    const keyword = Object.hasOwn(KEYWORDS, words.at(-1)) ? words.at(-1) : null;
    const own = this.#tables.elements[name];
    if (own?.keyword) return { row: own, name, pattern: name, indexes: [] };
    const path = keyword ? words.slice(0, -1) : words;
    const { pattern, indexes } = readPath(path);
    if (!keyword) return this.#found(pattern, name, indexes, {});
    const parent = this.#found(pattern, path.join("."), indexes, {});
    if (parent.reason && parent.reason !== "category") return parent;
    return { row: parent.row, name: path.join("."), pattern, indexes, keyword };
  }

  // The value that content would get: {value} or {reason}.
  get(name) {
    const found = this.resolve(name);
    if (found.reason) return found;
    if (found.row.mode === "wo" && !found.keyword) return { reason: "write_only", found };
    if (this.#isBeyond(found.indexes)) return { reason: "beyond", found };
    if (found.keyword) return this.#readKeyword(found);
    if (found.row.keyword) return { value: found.row.value, found };
    if (found.row.target && found.target === undefined) return { reason: "argument", found };
    const value = this.value(name);
    return value === undefined ? { reason: "unset", found } : { value, found };
  }

  // Why content may not set this; null where it may.
  judge(name, text) {
    const found = this.resolve(name);
    if (found.reason) return found.reason;
    if (found.keyword || found.row.keyword) return "keyword";
    if (found.row.mode === "ro") return "read_only";
    return this.#judgeOrder(found) ?? this.#judgeNeeds(found) ?? this.#judgeRoom(found) ?? this.#judgeText(found, text) ?? this.#judgeOthers(found, text);
  }

  // Set without asking: what was judged, what is restored, and what is the system's to say. Unknown names are left out.
  put(name, text) {
    const found = this.resolve(name);
    if (found.reason || found.keyword || found.row.keyword) return false;
    if (found.indexes.some(([, index]) => index === NOWHERE)) return false;
    for (const [collection, index] of found.indexes) {
      if (index >= this.count(collection)) this.#counts.set(collection, index + 1);
    }
    this.#values.set(name, text);
    return true;
  }

  // Everything that was set, by name.
  all() {
    return Object.fromEntries(this.#values);
  }

  // What stands there, or the table's default, or undefined. Asks nothing about modes.
  value(name) {
    return this.#values.get(name) ?? this.resolve(name).row?.default;
  }

  isSet(name) {
    return this.#values.has(name);
  }

  count(collection) {
    return this.#counts.get(collection) ?? 0;
  }

  // At which index of a collection a member has this value; −1 where none has.
  find(collection, member, text) {
    for (let index = 0; index < this.count(collection); index += 1) {
      if (this.#values.get(`${collection}.${index}.${member}`) === text) return index;
    }
    return -1;
  }

  #found(pattern, name, indexes, more) {
    const row = Object.hasOwn(this.#tables.elements, pattern) ? this.#tables.elements[pattern] : null;
    if (!row) return { reason: Object.hasOwn(this.#tables.elements, name.split(".")[0]) ? "unknown" : "outside", name };
    if (row.category) return { reason: "category", row, name, pattern, indexes };
    if (more.target !== undefined && !row.target) return { reason: "unknown", name };
    return { row, name, pattern, indexes, ...more };
  }

  #isBeyond(indexes) {
    return indexes.some(([collection, index]) => index >= this.count(collection));
  }

  #readKeyword(found) {
    const { row, keyword } = found;
    if (keyword === "_count" && row.collection) return { value: String(this.count(found.name)), found };
    if (keyword === "_children" && row.children?.length && !row.bare) {
      return { value: row.children.join(","), found };
    }
    return { reason: KEYWORDS[keyword], found };
  }

  // A new record comes right after the last one, where there may be new ones.
  #judgeOrder({ indexes }) {
    const room = (collection) => (this.#tables.elements[collection]?.closed ? 0 : 1);
    return indexes.some(([collection, index]) => index >= this.count(collection) + room(collection)) ? "gap" : null;
  }

  // What must be there first stands in the record itself, or in the one that the record belongs to.
  #judgeNeeds({ name, indexes, row }) {
    if (!row.needs) return null;
    const [collection, index] = indexes[0];
    const record = `${collection}.${index}`;
    return row.needs.every((one) => name === `${record}.${one}` || this.isSet(`${record}.${one}`)) ? null : "needs";
  }

  // Whether the interaction has room for one more pattern, whatever that says.
  #judgeRoom({ indexes, pattern }) {
    if (!pattern.endsWith(".pattern")) return null;
    return indexes.at(-1)[1] >= (this.#formOf(indexes).most ?? Infinity) ? "full" : null;
  }

  #judgeText({ row, indexes }, text) {
    return judgeValue(row.type, text, { tables: this.#tables, allow: this.#allow, kind: this.#kindOf(indexes) });
  }

  // What the other records of the collection, and the value that stood here before, say against it.
  #judgeOthers({ name, row, indexes, pattern }, text) {
    const before = this.#values.get(name);
    if (row.once && before !== undefined && before !== text) return "changed";
    if (!indexes.length) return null;
    const [collection, index] = indexes.at(-1);
    const member = name.slice(`${collection}.${index}.`.length);
    if (row.unique && ![-1, index].includes(this.find(collection, member, text))) return "duplicate";
    const isDistinct = pattern.endsWith(".pattern") && this.#formOf(indexes).distinct;
    return isDistinct && ![-1, index].includes(this.find(collection, "pattern", text)) ? "duplicate" : null;
  }

  // The type of the interaction that a record belongs to, and what the tables say of answers to it.
  #kindOf(indexes) {
    return indexes.length ? this.#values.get(`${indexes[0][0]}.${indexes[0][1]}.type`) : undefined;
  }

  #formOf(indexes) {
    return this.#tables.responses[this.#kindOf(indexes)] ?? {};
  }
}

// "cmi.interactions.3.objectives.0.id" → its pattern, and which record of which collection.
function readPath(words) {
  const indexes = [];
  const pattern = words.map((word, place) => {
    if (!NUMBER.test(word)) return word;
    indexes.push([words.slice(0, place).join("."), INDEX.test(word) ? Number(word) : NOWHERE]);
    return LETTERS[indexes.length - 1] ?? "?";
  });
  return { pattern: pattern.join("."), indexes };
}
