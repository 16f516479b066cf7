-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- A campaign that another of its groups keeps does not lose its place in this one, and what it is to have of this one is kept for it.
ALTER TABLE campaign_throttle
  ADD COLUMN IF NOT EXISTS waits      boolean NOT NULL DEFAULT false, -- people wait, whichever of its groups keeps them
  ADD COLUMN IF NOT EXISTS held       integer NOT NULL DEFAULT 0,     -- kept for it here until another of its groups has room
  ADD COLUMN IF NOT EXISTS first_from timestamptz;                    -- goes before all others from then on (business time); null: by its turn
