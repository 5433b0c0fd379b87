-- The time of the fleet, at the head of each script. All times are in microseconds.
--
-- KEYS[1]  the clock
-- ARGV  1 the caller's own reckoning of the time, '' for none  2 the epoch that it knows, '' for none
--       3 a name for a new epoch  4 skew of the server's clock, for tests
--
-- The server's clock may jump. Each process reckons the time by its own monotonic clock from the last
-- answer on, which is never too late a time: a clock that runs backwards goes on from there, and one that is
-- far ahead of it has jumped. No time is given twice.
--
-- An epoch is the time from one loss of the data to the next. Its name is gone with the data.
local TOLERANCE = 250000

local function number(value) return string.format('%.0f', value) end

local time = redis.call('TIME')
local server = time[1] * 1000000 + time[2] + tonumber(ARGV[4])
local clock = redis.call('HMGET', KEYS[1], 'last', 'offset', 'epoch')
local now = server + tonumber(clock[2] or 0)
local reckoned = tonumber(ARGV[1])
if reckoned and (now < reckoned or now > reckoned + TOLERANCE) then
  now = reckoned
end
now = math.max(now, tonumber(clock[1] or 0) + 1)
local epoch = clock[3] or ARGV[3]
local is_lost = ARGV[2] ~= '' and ARGV[2] ~= epoch
redis.call('HSET', KEYS[1], 'last', number(now), 'offset', number(now - server), 'epoch', epoch)
redis.call('PEXPIRE', KEYS[1], 86400000)

