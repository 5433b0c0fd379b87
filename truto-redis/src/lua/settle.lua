-- Reports a step of an attempt.
--
-- KEYS  from 2 on, three per window: slots, queue, leases
-- ARGV  6 id  7 'unused', 'sent' or 'head'  8 window  9 the longest time for which a slot is held
local id, step, window, held = ARGV[6], ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
for i = 2, #KEYS, 3 do
  if step == 'unused' then
    for key = i, i + 2 do redis.call('ZREM', KEYS[key], id) end
  elseif step == 'sent' then
    -- Connecting took long, so the server counts the call later than the slot assumes.
    redis.call('ZADD', KEYS[i], 'GT', number(now + held), id)
    redis.call('PEXPIRE', KEYS[i], math.ceil(held / 1000) + JUMPS_BY)
  else
    redis.call('ZADD', KEYS[i], 'XX', 'LT', number(now + window), id)
  end
end
return 0
