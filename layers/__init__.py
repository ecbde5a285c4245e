"""Data sources and map layers: the catalogue, readers, styles, stand-alone maps.

Imports ``gis`` only; knows nothing of the web application or its database.
"""
