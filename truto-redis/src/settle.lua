-- Reports the head of a response, or a turn that was not used.
--
-- KEYS  clock, token, account.
-- ARGV  1 slot id  2 'head' or 'unused'  3 microseconds of the response beyond a second: a slow response
--       does not mean that the server counted late  4 skew of the clock, for tests.
if ARGV[2] == 'unused' then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return 0
end
local time = redis.call('TIME')
local server = time[1] * 1000000 + time[2] + tonumber(ARGV[4])
local clock = redis.call('HMGET', KEYS[1], 'last', 'offset')
local last, offset = tonumber(clock[1] or server), tonumber(clock[2] or 0)
local at = string.format('%.0f', math.max(server, last) + offset - tonumber(ARGV[3]))
redis.call('ZADD', KEYS[2], 'XX', at, ARGV[1])
redis.call('ZADD', KEYS[3], 'XX', at, ARGV[1])
return 0
