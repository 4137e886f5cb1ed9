//! One reviewer's judgement: ratings, evidence, notes, gaps, heard.
