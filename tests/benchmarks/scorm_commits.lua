-- What wrk sends: every connection goes round many learners, each commit one number further than the learner's last one:
-- a kilobyte of suspend data, status, session time and an interaction; the sequencer's state on every tenth.
-- TOKENS names a file with "token launch" a line; FIRST is the number to begin with.
local learners = {}
local turn = 0
local first = tonumber(os.getenv("FIRST") or "0")
local threads = 0
local suspend = string.rep("slide=17&seen=1,2,3,4,5,6,7,8,9|", 32)
local state = '{"activities":{' .. string.rep('"ITEM-9":{"attempts":1,"completion":"incomplete","measure":0.25},', 28)
  .. '"ITEM-1":{"attempts":1}},"current":"ITEM-1"}'
local rollup = '{"completion":"incomplete","success":"unknown","scaled":0.4,"raw":null,"min":null,"max":null,"progress":0.5}'

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
  thread:set("thread_count", tonumber(os.getenv("THREADS")))
end

function init(args)
  local number = 0
  for line in io.lines(os.getenv("TOKENS")) do
    if number % thread_count == thread_number then
      local token, launch = line:match("^(%S+) (%S+)$")
      learners[#learners + 1] = { token, launch }
    end
    number = number + 1
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "text/plain"
end

function request()
  local count = #learners
  local sequence = first + math.floor(turn / count)
  local place = turn % count
  local learner = learners[place + 1]
  turn = turn + 1
  local has_state = (sequence + place) % 10 == 0
  local n = sequence % 20
  local body = string.format(
    '{"token":"%s","activity":"ITEM-1","launch":"%s","sequence":%d,"last":false,"elements":{'
      .. '"cmi.completion_status":"incomplete","cmi.location":"%d","cmi.suspend_data":"%d %s",'
      .. '"cmi.session_time":"PT%dS","cmi.progress_measure":"0.%d","cmi.interactions.%d.id":"question-%d",'
      .. '"cmi.interactions.%d.type":"choice","cmi.interactions.%d.timestamp":"2026-03-02T10:00:%02d",'
      .. '"cmi.interactions.%d.learner_response":"a[,]b","cmi.interactions.%d.result":"correct",'
      .. '"cmi.interactions.%d.latency":"PT12.5S"},"state":%s,"current":"ITEM-1","suspended":false,"rollup":%s,"ended":null}',
    learner[1], learner[2], sequence, n, sequence, suspend, sequence * 30, 10 + n,
    n, n, n, n, n, n, n, n,
    has_state and state or "null", has_state and rollup or "null"
  )
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %.0f %.0f %d\n",
    summary.requests,
    summary.duration,
    latency:percentile(50.0),
    latency:percentile(99.0),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
