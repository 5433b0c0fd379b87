-- Reports a step of an attempt.
--
-- KEYS  from 2 on three for each window: slots, queue, leases
-- ARGV  5 id  6 'unused', 'sent' or 'head'  7 window  8 the longest that a slot is held
local id, step, window, held = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
for i = 2, #KEYS, 3 do
  if step == 'unused' then
    for key = i, i + 2 do redis.call('ZREM', KEYS[key], id) end
  elseif step == 'sent' then
    -- Connecting took long: the server counts the call later than its slot says.
    redis.call('ZADD', KEYS[i], 'GT', number(now + held), id)
    redis.call('PEXPIRE', KEYS[i], math.ceil(held / 1000))
  else
    redis.call('ZADD', KEYS[i], 'XX', 'LT', number(now + window), id)
  end
end
return 0
