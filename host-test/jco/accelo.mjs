// Typed calls of Accelo's component: a list, a record, a recipe and a failure.

import assert from "node:assert/strict";

export default function ({ activities, operations, recipes }) {
  const condition = { field: "against", values: ["company/311"] };
  const listed = activities.listActivities({ limit: 2, fields: [], where: [condition], any: [] });
  assert.equal(listed.length, 2);
  assert.ok(listed.every((activity) => activity.againstId === "311"), "all are against company 311");
  assert.equal(typeof listed[0].dateLogged, "bigint");

  const input = { subject: "From Node", "against-type": "company", "against-id": "311", visibility: "all" };
  const created = JSON.parse(operations.call("accelo.create-activity", JSON.stringify(input)));
  assert.equal(activities.getActivity({ id: created.id, fields: [] }).subject, "From Node");

  const logged = recipes.logTime({ company: "Acme", minutes: 30, subject: "Review" });
  assert.deepEqual([logged.againstId, logged.seconds], ["123", 1800]);

  assert.throws(
    () => activities.getActivity({ id: "../20301", fields: [] }),
    (error) => error.payload.kind === "invalid-input" && error.payload.field === "input.id",
  );
}
