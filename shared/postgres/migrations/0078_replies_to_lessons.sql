-- Up Migration

-- Messages that a lesson begins with which a campaign started: what people say to it belongs to that campaign. Not
-- campaign_id: they are the dialog's, and neither counted as the campaign's nor taken back with it.
ALTER TABLE message ADD COLUMN lesson_campaign_id uuid;
-- What campaign_id names is a campaign of lessons: the answer to a question of the lesson is an answer to it.
ALTER TABLE reply ADD COLUMN of_lesson boolean NOT NULL DEFAULT false;
