"""Packs: protocols as folders of data. `model` is what one says, `loading` reads it, `checking` refuses a bad one."""
