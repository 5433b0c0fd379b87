-- The time of the fleet, at the head of each script. All times are in microseconds.
--
-- KEYS[1]  the clock
-- ARGV  1 the time as computed by the caller, '' for none  2 the part of it that may be drift
--       3 the epoch that the caller knows, '' for none  4 a name for a new epoch
--       5 skew of the server's clock, for tests
--
-- The server's clock may jump. Each process computes the time from the last answer and its own monotonic clock.
-- Apart from that clock's drift, the computed time is never ahead of the true one. So if the server's clock is
-- behind it, that clock was set back; if it is far ahead, it has jumped forward. In both cases the time continues
-- from the computed one. No time is returned twice.
--
-- An epoch lasts from one loss of the data to the next; its name is lost with the data.
local TOLERANCE = 250000

-- In milliseconds. Keys expire by Redis's own clock, so they live an hour longer: a jump of that size must not
-- expire them early.
local JUMPS_BY = 3600000

local function number(value) return string.format('%.0f', value) end

local time = redis.call('TIME')
local server = time[1] * 1000000 + time[2] + tonumber(ARGV[5])
local clock = redis.call('HMGET', KEYS[1], 'last', 'offset', 'epoch')
local now = server + tonumber(clock[2] or 0)
local reckoned = tonumber(ARGV[1])
if reckoned then
  local slack = tonumber(ARGV[2])
  if now < reckoned - slack or now > reckoned + slack + TOLERANCE then
    now = reckoned - slack
  end
end
now = math.max(now, tonumber(clock[1] or 0) + 1)
local epoch = clock[3] or ARGV[4]
local is_lost = ARGV[3] ~= '' and ARGV[3] ~= epoch
redis.call('HSET', KEYS[1], 'last', number(now), 'offset', number(now - server), 'epoch', epoch)
redis.call('PEXPIRE', KEYS[1], 86400000)

