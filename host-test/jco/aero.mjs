// Typed calls of Aero Workflow's component: a record, inputs and outputs that are variants, and failures.

import assert from "node:assert/strict";

export default function ({ aeros, companies, sql }) {
  const company = companies.createCompany({ name: "Tern Coffee", hourlyBillableRate: "80" });
  assert.equal(company.hourlyBillableRate, "80");
  const id = { column: "Id", test: "equals", values: [{ tag: "number", val: Number(company.id) }] };
  const name = { column: "Name", test: "like", values: [{ tag: "text", val: "Tern%" }] };
  const select = { columns: [{ name: "Name" }], table: "Companies", where: [id, name], order: [] };
  assert.deepEqual(sql.runSqlSelect(select).map((row) => JSON.parse(row)), [{ Name: "Tern Coffee" }]);

  const start = "2026-07-01T13:00:00.000Z";
  const work = { subject: "Pay bills", assignedTo: "Priya Raman", aeroType: "Admin", scheduledStartDate: start };
  const task = aeros.createTask({ ...work, plannedMinutes: 90, status: "in-progress" });
  assert.deepEqual([task.status, task.scheduledDuration], [{ tag: "in-progress" }, "01:30:00"]);
  const pages = aeros.listTasks({ page: 2 });
  assert.deepEqual([pages.page, pages.aeros.some(({ id }) => id === task.id)], [2, true]);

  assert.throws(
    () => companies.getCompany({ id: "1" }),
    ({ payload }) => payload.kind === "not-found" && payload.advice === "change-input" && payload.status === 400,
  );
  assert.throws(
    () => sql.runSqlSelect({ ...select, where: [{ ...name, values: [{ tag: "text", val: "\\" }] }] }),
    ({ payload }) => payload.kind === "invalid-input" && !payload.maybeDone,
  );
}
