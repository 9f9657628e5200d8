"""Let the database itself leave dropped words out of what is indexed, whoever writes it and however."""

from django.db import migrations

LEAVE_OUT = """
CREATE FUNCTION search_leave_out_dropped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM search_droppedword WHERE token = ANY (NEW.words)) THEN
    NEW.words := ARRAY(
      SELECT word.token FROM unnest(NEW.words) AS word (token)
       WHERE NOT EXISTS (SELECT FROM search_droppedword dropped WHERE dropped.token = word.token) ORDER BY word.token);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER search_leave_out_dropped BEFORE INSERT OR UPDATE OF words ON search_indexedtext
  FOR EACH ROW EXECUTE FUNCTION search_leave_out_dropped();
"""
TAKE_ALL = """
DROP TRIGGER search_leave_out_dropped ON search_indexedtext;
DROP FUNCTION search_leave_out_dropped();
"""


class Migration(migrations.Migration):
    dependencies = (("search", "0001_indexed_texts"),)
    operations = (migrations.RunSQL(LEAVE_OUT, TAKE_ALL),)
