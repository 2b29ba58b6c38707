// A Node program that calls Accelo's component with types, which jco makes of the component together with the module.
// Settings come from the environment: `outwit mock accelo` prints those of a mock.
//
// npm install && npm run transpile -- ../../../dist/accelo.wasm && npm run build && npm start

import { activities } from "./accelo/accelo.js";
import type { ActivityQuery, NewActivity } from "./accelo/interfaces/outwit-accelo-activities.js";
import type { Error as Failure } from "./accelo/interfaces/outwit-plugin-types.js";

// What is optional in WIT may be left out; a list has to be there.
const query: ActivityQuery = {
  limit: 3,
  fields: [],
  where: [{ field: "against", values: ["company/311"] }],
  any: [],
};
const listed = activities.listActivities(query);
const ofCompany = listed.filter((activity) => activity.againstId === "311");
console.log(`company 311: ${ofCompany.length} activities`);

const call: NewActivity = { subject: "Call from an example", againstType: "company", againstId: "311", fields: [] };
const created = activities.createActivity(call);
const read = activities.getActivity({ id: created.id, fields: [] });
console.log(`created: ${read.subject}`);

try {
  activities.getActivity({ id: "1", fields: [] });
} catch (thrown) {
  if (failure(thrown).kind !== "not-found") throw thrown;
  console.log("activity 1: not found");
}

/** The error record of an operation: jco throws an error that has it as its payload. */
function failure(thrown: unknown): Failure {
  if (thrown instanceof Error && "payload" in thrown) return thrown.payload as Failure;
  throw thrown;
}

// The shim's worker thread keeps Node alive otherwise.
process.exit(0);
