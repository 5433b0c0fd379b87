-- Adds slots that a process knows and Redis does not: the process took them from its share, or the data were lost. A slot
-- that Redis frees too early, since the report that its request was sent late is lost, is held for longer.
--
-- KEYS  from 2 on, three per window: slots, queue, leases
-- ARGV  6 the longest time for which a slot is held  7.. for each slot, its id and the time until it is free
--       again, from the caller's computed time, so that a delayed report does not extend it
-- Returns the time and the epoch.
local from = reckoned or now
for i = 2, #KEYS, 3 do
  for slot = 7, #ARGV, 2 do
    redis.call('ZADD', KEYS[i], 'GT', number(from + tonumber(ARGV[slot + 1])), ARGV[slot])
  end
  redis.call('PEXPIRE', KEYS[i], math.ceil(tonumber(ARGV[6]) / 1000) + JUMPS_BY)
end
return { now, epoch }
