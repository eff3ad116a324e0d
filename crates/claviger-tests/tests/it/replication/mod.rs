mod bad_links;
mod primary_change;
mod regions_down;
