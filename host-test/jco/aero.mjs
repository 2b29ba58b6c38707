// Typed calls of Aero Workflow's component: a record, an input that is a variant, and failures.

import assert from "node:assert/strict";

export default function ({ companies, sql }) {
  const company = companies.createCompany({ name: "Tern Coffee", hourlyBillableRate: "80" });
  assert.equal(company.hourlyBillableRate, "80");
  const id = { column: "Id", test: "equals", values: [{ tag: "number", val: Number(company.id) }] };
  const name = { column: "Name", test: "like", values: [{ tag: "text", val: "Tern%" }] };
  const select = { columns: [{ name: "Name" }], table: "Companies", where: [id, name], order: [] };
  assert.deepEqual(sql.runSqlSelect(select).map((row) => JSON.parse(row)), [{ Name: "Tern Coffee" }]);

  assert.throws(
    () => companies.getCompany({ id: "1" }),
    ({ payload }) => payload.kind === "not-found" && payload.advice === "change-input" && payload.status === 404,
  );
  assert.throws(
    () => sql.runSqlSelect({ ...select, where: [{ ...name, values: [{ tag: "text", val: "\\" }] }] }),
    ({ payload }) => payload.kind === "invalid-input" && !payload.maybeDone,
  );
}
