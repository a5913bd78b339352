from routines.admin import catalog, catalog_lore, catalog_protocol, catalog_zone

__all__ = ["catalog", "catalog_lore", "catalog_protocol", "catalog_zone"]
