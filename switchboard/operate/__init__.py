"""What operators read: lists, searches, single calls, exports. Knows no HTTP: pages and the terminal use it."""
