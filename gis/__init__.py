"""Pure spatial and money computation: values in, values out.

Nothing here knows of the web, the database, files or the network. Geometry is in EPSG:28992
(RD New, metres) unless a function says it takes or gives lon/lat (CRS84, degrees).
"""
