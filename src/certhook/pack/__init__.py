"""Packs: protocols as folders of data. `model` is what a pack says, `loading` reads it, `checking` refuses a bad one."""
