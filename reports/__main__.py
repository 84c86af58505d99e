"""``python -m reports``: every table and generated page of the documents, from today's results."""

from reports.documents import write_all

write_all()
