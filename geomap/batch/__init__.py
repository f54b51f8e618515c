"""Many articles: a pure function over Arrow batches, and what runs it on one machine or on many.

`geoparse` is the unit: a batch of articles in, a batch of results out, error rows instead of exceptions. `local` runs
it over files with processes of this machine, `engines` with Dask or Spark; `finish` turns the results into GeoParquet
by month and joins the reports of one event.
"""

from __future__ import annotations

from geomap._extras import require

require("pyarrow", "batch", "running many articles")
