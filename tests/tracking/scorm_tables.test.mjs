import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTables, tableName } from "../../tracking/static/tracking/scorm/tables.js";
import { readTables } from "./scorm_table_runner.mjs";

test("every edition of 2004 has the same table", () => {
  assert.deepEqual(["1.2", "2004-2", "2004-4"].map(tableName), ["elements_12.json", "elements_2004.json", "elements_2004.json"]);
});

test("tables are fetched from where the module stands, and a missing one is said", async () => {
  const asked = [];
  const fetch = async (url) => asked.push(String(url)) && { ok: asked.length === 1, status: 404, json: async () => ({ standard: "1.2" }) };
  assert.deepEqual(await loadTables("1.2", { fetch }), { standard: "1.2" });
  assert.match(asked[0], /tracking\/scorm\/elements_12\.json$/);
  await assert.rejects(loadTables("2004-4", { fetch }), /404/);
});

for (const standard of ["12", "2004"]) {
  const { elements, types, responses, errors, reasons, states } = readTables(standard);
  const rows = Object.entries(elements);

  test(`${standard}: every element has a type that there is, and its defaults are of it`, () => {
    const wrong = rows.filter(([, row]) => !row.category && !row.keyword && !types[row.type]);
    assert.deepEqual(wrong, []);
    const words = rows.filter(([, row]) => row.default && types[row.type].words);
    const known = ([, row]) => [...types[row.type].words, ...(types[row.type].read ?? [])].includes(row.default);
    assert.deepEqual(words.filter((one) => !known(one)), []);
  });

  test(`${standard}: every child, record and need has a row of its own`, () => {
    const inside = (name, row) => `${name}${row.collection ? `.${name.includes(".n.") ? "m" : "n"}` : ""}`;
    const children = rows.flatMap(([name, row]) => (row.children ?? []).map((child) => `${inside(name, row)}.${child}`));
    const records = rows.filter(([, row]) => row.collection).map(([name, row]) => inside(name, row));
    const needs = rows.flatMap(([name, row]) => (row.needs ?? []).map((need) => `${name.split(".n.")[0]}.n.${need}`));
    assert.deepEqual([...children, ...records, ...needs].filter((name) => !elements[name]), []);
  });

  test(`${standard}: every pattern is one, and matches nothing by being unfinished`, () => {
    const patterns = Object.values(types).map((type) => type.pattern).filter(Boolean);
    assert.deepEqual(patterns.filter((pattern) => new RegExp(`^(?:${pattern})$`, "su").test("\n")), []);
    assert.equal(patterns.length > 3, true);
  });

  test(`${standard}: every kind of interaction has its responses, of types that there are`, () => {
    assert.deepEqual(Object.keys(responses).sort(), [...types.interactionType.words].sort());
    const named = Object.values(responses).flatMap(({ correct = {}, learner = {} }) => [correct, learner])
      .flatMap((form) => [form.item, form.type, ...(form.pair ?? [])]).filter(Boolean);
    assert.deepEqual(named.filter((name) => !types[name]), []);
  });

  test(`${standard}: every code has its words`, () => {
    const { argument, failed, ...calls } = states;
    const codes = [argument, ...Object.values(failed), ...Object.values(calls).flatMap(Object.values), ...Object.values(reasons).flatMap(Object.values)];
    assert.deepEqual(codes.filter((code) => !errors[code]), []);
  });
}
