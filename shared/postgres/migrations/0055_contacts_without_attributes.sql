-- Up Migration

-- Contacts that have nothing but what every contact has are not in the index of attributes: nobody looks for them there, and
-- an import of them does not write it.
CREATE INDEX contact_own_attributes ON contact USING gin (attributes jsonb_path_ops) WHERE attributes <> '{}';
