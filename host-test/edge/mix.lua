-- What wrk asks for, in turn: each route, and operations of each vendor. The token is in OUTWIT_GATEWAY_TOKEN. At the end it
-- writes one line of JSON.

local token = os.getenv("OUTWIT_GATEWAY_TOKEN")
local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
local mcp = [[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"call-read-operation",]]
  .. [["arguments":{"operation":"accelo.list-staff"}}}]]
local requests = {
  { "POST", "/operations/accelo.list-staff", [[{"limit":3}]] },
  { "POST", "/operations/aero.list-companies", "{}" },
  { "POST", "/operations/airops.list-workflows", "{}" },
  { "GET", "/operations" },
  { "GET", "/operations/accelo.create-activity" },
  { "GET", "/search?q=log+time+for+a+client" },
  { "POST", "/mcp", mcp },
  { "GET", "/openapi.json" },
  { "GET", "/healthz" },
}
local made = {}
local turn = 0

function init()
  for index, one in ipairs(requests) do
    made[index] = wrk.format(one[1], one[2], headers, one[3])
  end
end

function request()
  turn = turn % #made + 1
  return made[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.1f,"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d,"p50":%.1f,"p99":%.1f}\n',
    summary.requests, summary.duration / 1e6, errors.connect, errors.read, errors.write, errors.timeout, errors.status,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
