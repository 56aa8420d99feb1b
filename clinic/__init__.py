"""Park Street Practice, the second example business: the patients and the appointments of a small medical practice."""
