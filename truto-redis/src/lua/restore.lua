-- Adds slots that a process knows of and Redis does not: it took them from its share, or the data were lost. A slot
-- that Redis frees too early, since the report that its request was sent late is lost, is held for longer.
--
-- KEYS  from 2 on three for each window: slots, queue, leases
-- ARGV  6 the longest that a slot is held  7.. id and the time until the slot is free again, for each slot; it
--       counts from the caller's reckoning, so that a report that was on its way for long adds nothing
-- Returns the time and the epoch.
local from = reckoned or now
for i = 2, #KEYS, 3 do
  for slot = 7, #ARGV, 2 do
    redis.call('ZADD', KEYS[i], 'GT', number(from + tonumber(ARGV[slot + 1])), ARGV[slot])
  end
  redis.call('PEXPIRE', KEYS[i], math.ceil(tonumber(ARGV[6]) / 1000) + JUMPS_BY)
end
return { now, epoch }
