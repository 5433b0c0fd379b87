-- Grants a slot in each window, queues the call, or denies it, in one round trip.
--
-- KEYS  from 2 on, three per window, the account's before the token's: slots, queue, leases
-- ARGV  6 id  7 window  8 the longest time for which a slot is held  9 longest wait  10 '1' for a background call
--       11 and 12 the call's places, '' for a new call  13.. the limit of each window
-- Returns 0 (granted), 1 (wait and ask again), 2 (denied) or 3 (the data were lost); a wait; the time; the epoch;
-- the places at the account, by arrival, and at the token, by the order in which accounts pass their calls on.
--
-- Slots: id -> the time at which the slot is free again. Queue: id -> its place. Leases: id -> the time at which
-- a waiting call that has not asked again is dropped, since its process has ended.
local ASK_GRACE = 1000000
local BACKGROUND_WAITS = 30000000
local QUEUE_EXPIRES = 600000 + JUMPS_BY

local id, window, held, longest = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local is_background = ARGV[10] == '1'
if is_lost then
  return { 3, 0, now, epoch, 0, 0 }
end

-- A background call is queued after all calls that arrive within the next 30 s; then it is treated like any other.
local order = tonumber(ARGV[11]) or (is_background and now + BACKGROUND_WAITS or now)
local has_aged = now >= order

local windows = {}
for i = 2, #KEYS, 3 do
  local limit = tonumber(ARGV[13 + #windows])
  if is_background and not has_aged then
    limit = math.max(1, math.floor(limit * 4 / 5))
  end
  windows[#windows + 1] = { slots = KEYS[i], queue = KEYS[i + 1], leases = KEYS[i + 2], limit = limit }
end

local function leave(w, ids)
  redis.call('ZREM', w.queue, unpack(ids))
  redis.call('ZREM', w.leases, unpack(ids))
end

-- The earliest time until the window has a slot for the call at `place`: slots become free in their order, and
-- each call ahead takes one of them for another window.
local function wait_for(w, place)
  redis.call('ZREMRANGEBYSCORE', w.slots, '-inf', number(now))
  local gone = redis.call('ZRANGEBYSCORE', w.leases, '-inf', number(now), 'LIMIT', 0, 100)
  if #gone > 0 then leave(w, gone) end
  -- The process of the call has restored the turn that it took from its share.
  if redis.call('ZSCORE', w.slots, id) then return 0 end
  local taken = redis.call('ZCARD', w.slots)
  local ahead = redis.call('ZCOUNT', w.queue, '-inf', '(' .. number(place))
  local turns = math.floor(ahead / w.limit)
  local slot = ahead % w.limit - (w.limit - taken)
  if slot < 0 then
    return turns * window
  end
  local free = redis.call('ZRANGE', w.slots, slot, slot, 'WITHSCORES')
  -- A pending response may arrive now, which frees its slot one window from now.
  return math.min(tonumber(free[2]) - now, window) + turns * window
end

local wait, ready = 0, order
for _, w in ipairs(windows) do
  -- A call's place in the token's queue is the time at which its account lets it through, so that a long queue
  -- of one account takes no turns of the others.
  if w ~= windows[1] then
    ready = math.max(order, now + wait)
    if wait == 0 then ready = math.min(ready, tonumber(ARGV[12]) or ready) end
  end
  w.place = ready
  wait = math.max(wait, wait_for(w, ready))
end

if wait > longest then
  for _, w in ipairs(windows) do leave(w, { id }) end
  return { 2, wait, now, epoch, order, ready }
end
if wait > 0 then
  -- Asks again after half of a long wait, since slots may be returned and calls ahead may be canceled.
  local ask_in = wait > 1000000 and math.floor(wait / 2) or wait
  for _, w in ipairs(windows) do
    redis.call('ZADD', w.queue, number(w.place), id)
    redis.call('ZADD', w.leases, number(now + ask_in + ASK_GRACE), id)
    redis.call('PEXPIRE', w.queue, QUEUE_EXPIRES)
    redis.call('PEXPIRE', w.leases, QUEUE_EXPIRES)
  end
  return { 1, ask_in, now, epoch, order, ready }
end
for _, w in ipairs(windows) do
  if ARGV[11] ~= '' then leave(w, { id }) end
  redis.call('ZADD', w.slots, number(now + held), id)
  redis.call('PEXPIRE', w.slots, math.ceil(held / 1000) + JUMPS_BY)
end
return { 0, 0, now, epoch, order, ready }
