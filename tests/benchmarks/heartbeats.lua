-- What wrk sends: every connection goes round many learners, each report one number further and half a minute of media
-- further than the learner's last one. TOKENS names a file with a token a line; FIRST is the number to begin with.
local tokens = {}
local turn = 0
local first = tonumber(os.getenv("FIRST") or "0")
local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
  thread:set("thread_count", tonumber(os.getenv("THREADS")))
end

function init(args)
  local number = 0
  for line in io.lines(os.getenv("TOKENS")) do
    if number % thread_count == thread_number then
      tokens[#tokens + 1] = line
    end
    number = number + 1
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local count = #tokens
  local sequence = first + math.floor(turn / count)
  local token = tokens[turn % count + 1]
  turn = turn + 1
  local start = sequence * 30000
  local body = string.format(
    '{"token":"%s","sequence":%d,"intervals":[[%d,%d]],"visible":true,"rate":1,"position_ms":%d}',
    token, sequence, start, start + 30000, start + 30000
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
