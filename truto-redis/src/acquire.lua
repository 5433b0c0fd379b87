-- Reserves a turn in an account's window and in the token's, or denies the call. One round trip.
--
-- KEYS  clock, token, account ('' for none); one hash tag, so one node of a cluster.
-- ARGV  1 slot id  2 window  3 margin  4 longest wait  5 limit of the token  6 limit of the account
--       7 skew of the clock, for tests.  Times are in microseconds; a limit of 0 is none.
-- Returns the wait; for a denied call -1 - wait.
--
-- A window is a sorted set: slot -> the time at which the server has counted it at the latest. That is
-- the turn plus the margin until the head of the response arrives, and that arrival afterwards.
-- A turn fits if no `limit + 1` neighbors in the set lie within a window and a margin of each other.

local id = ARGV[1]
local window, margin, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local span = window + margin

-- A clock that runs backwards (a failover) would deny calls until it has caught up. The time used here
-- is the server's plus an offset that grows by each step backwards.
local time = redis.call('TIME')
local server = time[1] * 1000000 + time[2] + tonumber(ARGV[7])
local clock = redis.call('HMGET', KEYS[1], 'last', 'offset')
local last, offset = tonumber(clock[1] or server), tonumber(clock[2] or 0)
if server < last then
  offset = offset + last - server
end
local now = server + offset
-- Saved for denied calls, too: else each of them would see the clock stand still until it has caught up.
redis.call('HSET', KEYS[1], 'last', string.format('%.0f', server), 'offset', string.format('%.0f', offset))
redis.call('PEXPIRE', KEYS[1], 86400000)

-- The scores among the answer of a command WITHSCORES.
local function scores(answer)
  local list = {}
  for i = 2, #answer, 2 do list[#list + 1] = tonumber(answer[i]) end
  return list
end

-- The earliest time from `from` on at which a slot fits into the window at `key`.
--
-- Only groups of `limit + 1` neighbors that contain the new slot matter. Such a group ends with the new
-- slot or with one of the slots that follow it within a span, so the cost is linear in those alone: none
-- if the slot is the last one.
local function fit(key, limit, from)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('(%.0f', now - window))
  if redis.call('ZCARD', key) < limit then
    return from
  end
  local at = from
  while at - now <= longest do
    local edge = at + margin
    local before = redis.call('ZCOUNT', key, '-inf', string.format('%.0f', edge))
    local later = scores(redis.call('ZRANGEBYSCORE', key, string.format('(%.0f', edge),
      string.format('(%.0f', edge + span), 'WITHSCORES', 'LIMIT', 0, limit))
    local start = math.max(0, before - limit)
    local stop = math.min(before - 1, before - limit + #later)
    local earlier = stop < start and {}
      or scores(redis.call('ZRANGE', key, start, stop, 'WITHSCORES'))
    -- The first slot of the last group that leaves no room. The new slot goes where that one has left
    -- the window; no earlier place would do, so each step passes a window.
    local first = nil
    for k = 0, #later do
      local last = later[k] or edge
      local rank = before + k - limit
      if rank == before then
        if last - edge < span then first = later[1] end
      elseif rank >= 0 and last - earlier[rank - start + 1] < span then
        first = earlier[rank - start + 1]
      end
    end
    if not first then return at end
    at = math.max(first + span - margin, at + 1)
  end
  return at
end

local limits = { [KEYS[2]] = tonumber(ARGV[5]) }
if KEYS[3] ~= KEYS[2] then limits[KEYS[3]] = tonumber(ARGV[6]) end

local turn, moved = now, true
while moved do
  moved = false
  for key, limit in pairs(limits) do
    if limit > 0 then
      local at = fit(key, limit, turn)
      if at > turn then turn, moved = at, true end
    end
  end
  if turn - now > longest then
    return string.format('%.0f', -1 - (turn - now))
  end
end

for key, limit in pairs(limits) do
  if limit > 0 then
    redis.call('ZADD', key, string.format('%.0f', turn + margin), id)
    local newest = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
    redis.call('PEXPIRE', key, math.ceil((tonumber(newest[2]) - now + span) / 1000))
  end
end
return string.format('%.0f', turn - now)
