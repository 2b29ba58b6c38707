// Typed calls of AirOps' component: a run, a reply that comes piece by piece, and a failure with its details.

import assert from "node:assert/strict";

export default function ({ recipes, workflows }) {
  const run = workflows.executeWorkflow({ workflowId: "wf_launch_copy", inputs: '{"product_name": "Harbour Lamp"}' });
  assert.equal(run.status.tag, "completed");
  assert.deepEqual(JSON.parse(run.outputs), { headline: "Harbour Lamp for long evenings" });

  const stream = recipes.streamChat({ agentId: "agt_helpdesk", message: "Which plans do you offer?" });
  const events = [];
  for (let event = stream.next(); event !== undefined; event = stream.next()) events.push(event);
  stream[Symbol.dispose]();
  const reply = events.pop();
  assert.equal(reply.tag, "reply");
  assert.ok(events.length > 1 && events.every((event) => event.tag === "text"), "pieces of the text, then the reply");
  assert.equal(events.map((event) => event.val).join(""), reply.val.response);
  assert.deepEqual([reply.val.response, reply.val.complete], ["Two: Shore and Ocean.", true]);

  assert.throws(
    () => workflows.executeWorkflow({ workflowId: "wf_broken", inputs: "{}" }),
    ({ payload }) => payload.kind === "failed" && JSON.parse(payload.details).result.status === "failed",
  );
}
